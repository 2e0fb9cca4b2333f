import { formatPrice } from './format-price.js'

/** Cents. */
export function total(items) {
  return items.reduce((sum, { cents, count }) => sum + cents * count, 0)
}

export function describe(items) {
  return `${items.length} items, ${formatPrice(total(items))}`
}
