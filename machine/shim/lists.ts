import { FAULT, SUCCESS } from "./errno";
import { copyInput, listBytes, listCount, listStart } from "./input";
import { input_load8_u } from "./millrace";
import { isOutside } from "./memory";

export function args_get(addresses: u32, content: u32): i32 {
  return getList(false, addresses, content);
}

export function args_sizes_get(countAddress: u32, sizeAddress: u32): i32 {
  return getSizes(false, countAddress, sizeAddress);
}

export function environ_get(addresses: u32, content: u32): i32 {
  return getList(true, addresses, content);
}

export function environ_sizes_get(countAddress: u32, sizeAddress: u32): i32 {
  return getSizes(true, countAddress, sizeAddress);
}

/** Texts that end with a zero byte, one after the other, and a list of their addresses. */
function getList(isVariables: bool, addresses: u32, content: u32): i32 {
  const count = listCount(isVariables);
  if (count == 0) return SUCCESS;
  const sizeBytes = listBytes(isVariables);
  if (isOutside(addresses, u64(count) * 4) || isOutside(content, sizeBytes)) return FAULT;
  const start = listStart(isVariables);
  const end = start + sizeBytes;
  let position = start;
  for (let index: u32 = 0; index < count; index++) {
    store<u32>(addresses + index * 4, content + (position - start));
    const begin = position;
    while (position < end && input_load8_u(position) != 0) position++;
    if (position < end) position++;
    copyInput(content + (begin - start), begin, position - begin);
  }
  return SUCCESS;
}

function getSizes(isVariables: bool, countAddress: u32, sizeAddress: u32): i32 {
  if (isOutside(countAddress, 4) || isOutside(sizeAddress, 4)) return FAULT;
  store<u32>(countAddress, listCount(isVariables));
  store<u32>(sizeAddress, listBytes(isVariables));
  return SUCCESS;
}
