// The host functions that are used; the name of this file is the module they are imported from.

export declare function fd_read(fd: u32, vectors: usize, count: u32, size: usize): u16;
export declare function fd_write(fd: u32, vectors: usize, count: u32, size: usize): u16;
