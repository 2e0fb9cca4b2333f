/** Whether the world, seen in `states`, is in one of the `required` ones or below it. */
export function holdsAny(states: readonly string[], required: readonly string[]): boolean {
  return required.some((path) =>
    states.some((state) => state === path || state.startsWith(`${path}.`)),
  )
}
