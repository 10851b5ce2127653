# The one place where an exception is caught. nlr_throw sets the global; the pass scripts/unwind.ts, which runs over
# the linked module, lets every function return as soon as a call left the global set. Here it ends.
	.text
	.globaltype	__stack_pointer, i32
	.globaltype	nlr_unwinding, i32
	.globl	nlr_unwinding
nlr_unwinding:

# int nlr_protect(void (*function)(void *), void *argument): 0 if function returned, 1 if it was unwound.
	.globl	nlr_protect
	.type	nlr_protect,@function
nlr_protect:
	.functype	nlr_protect (i32, i32) -> (i32)
	.local	i32
	global.get	__stack_pointer
	local.set	2
	local.get	1
	local.get	0
	call_indirect	(i32) -> ()
	global.get	nlr_unwinding
	if	i32
	i32.const	0
	global.set	nlr_unwinding
	local.get	2
	global.set	__stack_pointer
	i32.const	1
	else
	i32.const	0
	end_if
	end_function

# void nlr_throw(void): unwinds to the innermost nlr_protect.
	.globl	nlr_throw
	.type	nlr_throw,@function
nlr_throw:
	.functype	nlr_throw () -> ()
	i32.const	1
	global.set	nlr_unwinding
	end_function
