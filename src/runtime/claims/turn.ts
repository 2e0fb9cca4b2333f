/**
 * Lets timers and I/O have their turn. Deliveries within the process are synchronous or microtasks,
 * so a busy loop of them would starve everything else: after `budget` units of work in one turn of
 * the event loop, `pass` waits for the next.
 */
export interface Turn {
  spend(units: number): void
  pass(): Promise<void> | undefined
}

export function createTurn(budget: number): Turn {
  let spent = 0
  return {
    spend(units) {
      spent += units
    },
    pass() {
      if (spent < budget) return undefined
      spent = 0
      return new Promise((resolve) => setImmediate(resolve))
    },
  }
}
