import { total } from './basket.js'

/** Cents, rounded down. */
export function discounted(items, percent) {
  return Math.floor((total(items) * (100 - percent)) / 100)
}
