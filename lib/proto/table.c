/* SPDX-License-Identifier: MIT */
#include "proto/table.h"

#include <string.h>

static const struct rsim_proto *const protos[] = {
	&proto_none, &proto_v7_0, &proto_on_success, &proto_v7_1,
	&proto_quarantine,
};

const struct rsim_proto *rsim_proto_at(unsigned i)
{
	return i < sizeof(protos) / sizeof(protos[0]) ? protos[i] : NULL;
}

const struct rsim_proto *rsim_proto_find(const char *name)
{
	unsigned i;

	for (i = 0; name && rsim_proto_at(i); i++)
		if (!strcmp(protos[i]->name, name))
			return protos[i];
	return NULL;
}
