// Error numbers of WASI preview 1.
export const SUCCESS: i32 = 0;
export const BADF: i32 = 8;
export const FAULT: i32 = 21;
export const INVAL: i32 = 28;
export const NOSYS: i32 = 52;
export const SPIPE: i32 = 70;
