/* SPDX-License-Identifier: MIT */
/* rsim.h - everything. */
#ifndef RSIM_RSIM_H
#define RSIM_RSIM_H

#include <rsim/base.h>
#include <rsim/catalogue.h>
#include <rsim/check.h>
#include <rsim/dev.h>
#include <rsim/dma.h>
#include <rsim/explore.h>
#include <rsim/fault.h>
#include <rsim/iommu.h>
#include <rsim/machine.h>
#include <rsim/proto.h>
#include <rsim/reset.h>
#include <rsim/task.h>
#include <rsim/trace.h>
#include <rsim/world.h>

#endif
