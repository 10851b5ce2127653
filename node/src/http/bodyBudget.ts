/** Memory for request bodies, shared by all deals of the node. */
export interface BodyBudget {
  /** Takes bytes; false if they are not there. */
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
}

/** Makes a budget of so many bytes. */
export function createBodyBudget(bytes: number): BodyBudget {
  let left = bytes;
  return {
    take: (wanted) => {
      if (wanted > left) return false;
      left -= wanted;
      return true;
    },
    giveBack: (returned) => {
      left += returned;
    },
  };
}
