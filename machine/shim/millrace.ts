// What the linker turns into instructions (docs/machine.md). The file's name is the name of the module they come from.

/** The byte of the input at `address`. */
export declare function input_load8_u(address: u32): u32;
/** The 4 bytes of the input at `address`. */
export declare function input_load32(address: u32): u32;
/** The 8 bytes of the input at `address`. */
export declare function input_load64(address: u32): u64;
/** Writes a byte of the output. */
export declare function output_store8(address: u32, value: u32): void;
/** Writes 4 bytes of the output. */
export declare function output_store32(address: u32, value: u32): void;
/** Writes 8 bytes of the output. */
export declare function output_store64(address: u32, value: u64): void;
/** The byte of the passive data segments at `address`. */
export declare function data_load8_u(address: u32): u32;
/** The 8 bytes of the passive data segments at `address`. */
export declare function data_load64(address: u32): u64;
/** The fuel that is left. */
export declare function fuel(): u64;
/** Bytes of input. */
export declare function input_length(): u32;
/** Ends the program; does not return. */
export declare function halt(exitCode: u32, outputBytes: u32): void;
/** Adds pages to the memory: how many there were, or −1. */
export declare function grow(pages: u32): i32;
