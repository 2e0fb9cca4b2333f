/** What the weights of each model take in the card's memory, in GiB. */
export const MODELS = { chat: 8, embedding: 2, coder: 7 } as const

export type Model = keyof typeof MODELS

/** What is done to change the model in the card: it is emptied first, unless it is empty. */
export interface Swaps {
  /** Models that were loaded. */
  readonly loads: number
  /** GiB of weights that were moved into the card. */
  readonly gib: number
}

/** The swaps that work takes when it is done in the order in which it came. */
export function firstComeFirstServed(loaded: Model | undefined, wanted: readonly Model[]): Swaps {
  let present = loaded
  const loads = wanted.filter((model) => {
    const swap = model !== present
    present = model
    return swap
  })
  return { loads: loads.length, gib: loads.reduce((sum, model) => sum + MODELS[model], 0) }
}
