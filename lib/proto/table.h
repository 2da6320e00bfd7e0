/* SPDX-License-Identifier: MIT */
/* All protocols. They use the public API only, as a user's own would. */
#ifndef RSIM_LIB_PROTO_TABLE_H
#define RSIM_LIB_PROTO_TABLE_H

#include <rsim/dev.h>
#include <rsim/iommu.h>
#include <rsim/proto.h>

extern const struct rsim_proto proto_none;
extern const struct rsim_proto proto_v7_0;
extern const struct rsim_proto proto_on_success;
extern const struct rsim_proto proto_v7_1;
extern const struct rsim_proto proto_quarantine;

#endif
