import { total } from './basket.js'

/** Cents. */
export function discounted(items, percent) {
  return Math.round((total(items) * (100 - percent)) / 100)
}
