/* SPDX-License-Identifier: MIT */
/*
 * Register numbers. <linux/pci_regs.h> is the source; what it lacks on older
 * systems, and CXL's, stands here with the section that defines it.
 */
#ifndef RSIM_LIB_HW_REGS_H
#define RSIM_LIB_HW_REGS_H

#include <linux/pci_regs.h>

#ifndef PCI_STATUS_IMM_READY
#define PCI_STATUS_IMM_READY 0x01	/* PCIe 7.5.1.1.4 */
#endif
#ifndef PCI_EXP_RTCTL_RRS_SVE
#define PCI_EXP_RTCTL_RRS_SVE 0x0010	/* PCIe 7.5.3.12; CRSSVE before 6.9 */
#define PCI_EXP_RTCAP_RRS_SV 0x0001	/* PCIe 7.5.3.13 */
#endif
#ifndef PCI_EXT_CAP_ID_DVSEC
#define PCI_EXT_CAP_ID_DVSEC 0x23	/* PCIe 7.9.6 */
#endif

#define RSIM_DVSEC_HEADER1 4
#define RSIM_DVSEC_HEADER2 8
#define RSIM_CXL_VENDOR 0x1e98		/* CXL 3.1, 8.1 */
#define RSIM_CXL_DVSEC_PORT 3		/* CXL 8.1.5 */
#define RSIM_CXL_DVSEC_FLEXBUS 7	/* CXL 8.2.1.3 */
#define RSIM_CXL_PORT_CTL 0x0c
#define RSIM_CXL_PORT_UNMASK_SBR 0x0001
#define RSIM_CXL_FLEXBUS_STATUS 0x0e
#define RSIM_CXL_FLEXBUS_CACHE 0x0001
#define RSIM_CXL_FLEXBUS_MEM 0x0004

#endif
