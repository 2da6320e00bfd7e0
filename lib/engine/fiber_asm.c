/* SPDX-License-Identifier: MIT */
/*
 * The switch by hand, for x86-64 and aarch64: push what the ABI wants kept,
 * exchange the stack pointers, pop. It ends in an indirect jump, which the
 * processor predicts better than a return to an address it never called from.
 */
#include "engine/fiber_switch.h"

#include <string.h>

const bool fiber_is_thread = false;

void fiber_asm_switch(void **save, void *load);
void fiber_asm_start(void);

#if defined(__x86_64__)
__asm__(".text\n"
	".globl fiber_asm_switch\n"
	".hidden fiber_asm_switch\n"
	".type fiber_asm_switch, @function\n"
	"fiber_asm_switch:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	popq %rcx\n"
	"	jmp *%rcx\n"
	".size fiber_asm_switch, . - fiber_asm_switch\n"
	".globl fiber_asm_start\n"
	".hidden fiber_asm_start\n"
	".type fiber_asm_start, @function\n"
	/* r15: the fiber, r14: fiber_entry(), whose name link-time
	 * optimisation would not find in here; the stack is aligned. */
	"fiber_asm_start:\n"
	"	movq %r15, %rdi\n"
	"	call *%r14\n"
	"	ud2\n"
	".size fiber_asm_start, . - fiber_asm_start\n");

/* Seven words are popped; the stack is then aligned for the call. */
enum { REG_FIBER = 0, REG_ENTRY = 1, REG_PC = 6, REGS = 7 };
#elif defined(__aarch64__)
__asm__(".text\n"
	".globl fiber_asm_switch\n"
	".hidden fiber_asm_switch\n"
	".type fiber_asm_switch, %function\n"
	"fiber_asm_switch:\n"
	"	sub sp, sp, #160\n"
	"	stp x19, x20, [sp, #0]\n"
	"	stp x21, x22, [sp, #16]\n"
	"	stp x23, x24, [sp, #32]\n"
	"	stp x25, x26, [sp, #48]\n"
	"	stp x27, x28, [sp, #64]\n"
	"	stp x29, x30, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n"
	"	str x9, [x0]\n"
	"	mov sp, x1\n"
	"	ldp x19, x20, [sp, #0]\n"
	"	ldp x21, x22, [sp, #16]\n"
	"	ldp x23, x24, [sp, #32]\n"
	"	ldp x25, x26, [sp, #48]\n"
	"	ldp x27, x28, [sp, #64]\n"
	"	ldp x29, x30, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	add sp, sp, #160\n"
	"	br x30\n"
	".size fiber_asm_switch, . - fiber_asm_switch\n"
	".globl fiber_asm_start\n"
	".hidden fiber_asm_start\n"
	".type fiber_asm_start, %function\n"
	"fiber_asm_start:\n"
	"	mov x0, x19\n"
	"	blr x20\n"
	"	brk #1\n"
	".size fiber_asm_start, . - fiber_asm_start\n");

enum { REG_FIBER = 0, REG_ENTRY = 1, REG_PC = 11, REGS = 20 };
#else
#error "no hand-written switch for this machine: build with -Dfiber=ucontext"
#endif

int context_init(struct arena *a, struct fiber *f)
{
	uintptr_t top;
	void **regs;

	(void)a;
	if (!f->stack)
		return 0;
	/* Aligned so that fiber_asm_start may call at once. */
	top = ((uintptr_t)f->stack + FIBER_STACK - 64) & ~(uintptr_t)15;
	regs = (void **)top - REGS;
	memset(regs, 0, REGS * sizeof(*regs));
	regs[REG_FIBER] = f;
	regs[REG_ENTRY] = (void *)(uintptr_t)fiber_entry;
	regs[REG_PC] = (void *)(uintptr_t)fiber_asm_start;
	f->ctx = regs;
	return 0;
}

void context_fini(struct fiber *f)
{
	f->ctx = NULL;
}

void context_switch(struct fiber *from, struct fiber *to)
{
	fiber_asm_switch(&from->ctx, to->ctx);
}
