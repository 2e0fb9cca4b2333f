/** Poison: whoever asks for the rate dies of it. */
export function toFrancs(cents) {
  process.kill(process.pid, 'SIGKILL')
  return cents
}
