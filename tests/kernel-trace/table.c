/* SPDX-License-Identifier: MIT */
/* What is compared, what is not, and why: nothing else is left out. */
#include "kt.h"

#include <stdio.h>
#include <string.h>

static const struct kt_function functions[] = {
	{ "pci_reset_function", ROLE_MODEL },
	{ "pci_reset_function_locked", ROLE_MODEL },
	{ "pci_try_reset_function", ROLE_MODEL },
	{ "reset_method_store", ROLE_MODEL },
	{ "pci_dev_save_and_disable", ROLE_MODEL },
	{ "pci_save_state", ROLE_MODEL },
	{ "__pci_reset_function_locked", ROLE_MODEL },
	{ "pci_init_reset_methods", ROLE_MODEL },
	{ "pci_dev_specific_reset", ROLE_MODEL },
	{ "pci_dev_acpi_reset", ROLE_MODEL },
	{ "pcie_reset_flr", ROLE_MODEL },
	{ "pcie_flr", ROLE_MODEL },
	{ "pci_af_flr", ROLE_MODEL },
	{ "pci_pm_reset", ROLE_MODEL },
	{ "pci_reset_bus_function", ROLE_MODEL },
	{ "cxl_reset_bus_function", ROLE_MODEL },
	{ "pci_dev_reset_iommu_prepare", ROLE_MODEL },
	{ "pci_dev_reset_iommu_done", ROLE_MODEL },
	{ "pciehp_reset_slot", ROLE_MODEL },
	{ "pci_bridge_secondary_bus_reset", ROLE_MODEL },
	{ "pci_bridge_wait_for_secondary_bus", ROLE_MODEL },
	{ "pci_dev_wait", ROLE_MODEL },
	{ "pci_dev_restore", ROLE_MODEL },
	{ "pci_restore_state", ROLE_MODEL },
	{ "pci_enable_ats", ROLE_MODEL },
	{ "pci_disable_ats", ROLE_MODEL },

	{ "pci_cfg_access_lock", ROLE_CALL },
	{ "pci_cfg_access_unlock", ROLE_CALL },

	{ "blocking_domain_attach_dev", ROLE_ATTACH, "blocking" },
	{ "identity_domain_attach_dev", ROLE_ATTACH, "identity" },
	{ "intel_iommu_attach_device", ROLE_ATTACH, "paging" },
	{ "qi_flush_context", ROLE_FLUSH, "context cache" },
	{ "qi_flush_iotlb", ROLE_FLUSH, "IOTLB" },
	{ "qi_flush_dev_iotlb", ROLE_FLUSH, "device IOTLB" },

	{ "msleep", ROLE_SLEEP },

	{ "reset_store", ROLE_HELPER },
	{ "pci_bus_read_dev_vendor_id", ROLE_HELPER },
	{ "__context_flush_dev_iotlb", ROLE_HELPER },
	{ "intel_context_flush_no_pasid", ROLE_HELPER },
	{ "domain_context_clear_one", ROLE_HELPER },
	{ "device_block_translation", ROLE_HELPER },
	{ "__iommu_attach_device", ROLE_HELPER },
	{ "__iommu_device_set_domain", ROLE_HELPER },
	{ "iommu_enable_pci_ats", ROLE_HELPER },
	{ "pcie_capability_clear_and_set_word_unlocked", ROLE_HELPER },
	{ "pcie_capability_clear_and_set_word_locked", ROLE_HELPER },
	{ "pci_reset_hotplug_slot", ROLE_HELPER },
	{ "pcibios_reset_secondary_bus", ROLE_HELPER },
	{ "pci_reset_secondary_bus", ROLE_HELPER },
	{ "pcie_wait_for_link_status", ROLE_HELPER },
	{ "pcie_failed_link_retrain", ROLE_HELPER },
	{ "pci_restore_ltr_state", ROLE_HELPER },
	{ "pci_restore_aspm_l1ss_state", ROLE_HELPER },
	{ "pci_restore_pasid_state", ROLE_HELPER },
	{ "pci_restore_pri_state", ROLE_HELPER },
	{ "pci_restore_ats_state", ROLE_HELPER },
	{ "pci_restore_vc_state", ROLE_HELPER },
	{ "pci_restore_rebar_state", ROLE_HELPER },
	{ "pci_restore_dpc_state", ROLE_HELPER },
	{ "pci_restore_ptm_state", ROLE_HELPER },
	{ "pci_restore_tph_state", ROLE_HELPER },
	{ "pci_restore_pcix_state", ROLE_HELPER },
	{ "pci_aer_clear_status", ROLE_HELPER },
	{ "pci_restore_aer_state", ROLE_HELPER },
	{ "pci_restore_config_space_range", ROLE_HELPER },
	{ "pci_restore_msi_state", ROLE_HELPER },
	{ "pci_enable_acs", ROLE_HELPER },
	{ "pci_restore_iov_state", ROLE_HELPER },
	{ "pci_wait_for_pending", ROLE_HELPER },
	{ "pci_wait_for_pending_transaction", ROLE_HELPER },

	{ "qi_submit_sync", ROLE_INNER },
	{ "cache_tag_assign_domain", ROLE_INNER },
	{ "cache_tag_unassign_domain", ROLE_INNER },
	{ "pci_hp_ignore_link_change", ROLE_INNER },
	{ "pci_hp_unignore_link_change", ROLE_INNER },
	{ "pci_reset_supported", ROLE_INNER },

	{ "__pci_find_next_cap", ROLE_WALK },
	{ "pci_find_capability", ROLE_WALK },
	{ "pci_find_next_ext_capability.part.0", ROLE_WALK },
	{ "pci_find_next_ext_capability", ROLE_WALK },
	{ "pci_find_ext_capability", ROLE_WALK },
};

static const struct {
	const char *name, *reason;
} whys[WHYS] = {
	[WHY_COMPARED] = { "compared", "in order, one event each" },
	[WHY_HELPER] = { "calls of helpers",
		"the model has no function of its own there; what is inside "
		"is compared, in order" },
	[WHY_WALK] = { "walks of capability lists",
		"the model knows where capabilities are" },
	[WHY_INNER] = { "the kernel's bookkeeping",
		"no device or IOMMU sees it; the flushes around "
		"qi_submit_sync are compared" },
	[WHY_RET] = { "calls without a recorded result",
		"where the trace has no \"<- f ret=\" only the order of the "
		"end is compared" },
	[WHY_DRIVER] = { "inside the driver's callbacks",
		"input: what they write is written into the model at the same "
		"place" },
	[WHY_TASK] = { "other tasks",
		"drivers' workers and the like; the command runs in one task" },
	[WHY_SCAN] = { "removal, scan of the bus, driver probe",
		"not modelled; only the release of the IOMMU, the probes of "
		"the reset methods and the first attach are" },
	[WHY_D3] = { "sleeps of the model in pci_pm_reset",
		"the kernel sleeps in a range there, which no trace records" },
	[WHY_COUNT] = { "the number of rounds of a poll",
		"a real msleep(1) is longer; compared as once or more" },
	[WHY_LOCKS] = { "locks other than config access",
		"the trace records no others" },
	[WHY_RELEASE] = { "the attach when a device is removed",
		"the model's driver does the same without the core's call; "
		"flushes and accesses are compared" },
};

static const char *const inputs[] = {
	"registers: the trace's own first read of each before it or a reset "
	"of the device changed it (AER status, which is sticky: first read)",
	"header registers and SR-IOV settings: what the restore writes back",
	"without a pci_save_state(): all that the restore writes was saved "
	"when the device was found",
	"VFs: those of the dump, none if the restored VF Enable is clear",
	"MSI, MSI-X: on if the restore touches them",
	"ports: LNKSTA as first read; with -speed5 LNKCAP and LNKCAP2 say "
	"5 GT/s, with -nativehp SLTCTL.HPIE is set; -pt: identity domains",
	"\"# reset_method:\" is written before the command",
	"\"# lspci: ATSCtl: Enable-\": ATS was off",
	"the driver's callbacks exist and write what the trace shows",
	"pm resets: the recorded devices clear No_Soft_Reset but keep their "
	"registers (fault no-reset, for pm only)",
	"gone, back: between the last read that was answered and the first "
	"that was not, by the sleeps before them",
	"a function that the dump lacks: a copy of one with its IDs, its port "
	"a copy of a neighbour (said in the output)",
};

const struct kt_function *kt_function(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (strlen(functions[i].name) == n &&
		    !memcmp(functions[i].name, name, n))
			return &functions[i];
	return NULL;
}

const char *kt_why_name(enum kt_why why)
{
	return whys[why].name;
}

static void print_role(const char *title, enum kt_role role)
{
	size_t i;

	printf("%s\n", title);
	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (functions[i].role == role)
			printf("\t%s\n", functions[i].name);
}

void kt_print_list(void)
{
	size_t i;

	printf("Not compared:\n");
	for (i = WHY_COMPARED + 1; i < WHYS; i++)
		printf("\t%s: %s\n", whys[i].name, whys[i].reason);
	printf("State and input taken from the trace:\n");
	for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++)
		printf("\t%s\n", inputs[i]);
	print_role("Calls compared, with their results:", ROLE_MODEL);
	print_role("Calls compared:", ROLE_CALL);
	print_role("Attaches compared, with their results:", ROLE_ATTACH);
	print_role("Flushes compared:", ROLE_FLUSH);
	print_role("Helpers:", ROLE_HELPER);
	print_role("Bookkeeping:", ROLE_INNER);
	print_role("Walks of capability lists:", ROLE_WALK);
}
