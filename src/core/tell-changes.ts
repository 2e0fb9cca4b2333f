/** What goes on failing in the same way is told once, until something else is told. */
export function tellChanges(tell: (message: string) => void): (message: string) => void {
  let last: string | undefined
  return (message) => {
    if (message === last) return
    last = message
    tell(message)
  }
}
