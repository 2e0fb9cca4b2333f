/** `12.50` for 1250 cents. */
export function formatPrice(cents) {
  return (cents / 100).toFixed(2)
}
