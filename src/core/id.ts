import { randomFillSync } from 'node:crypto'

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const POOL_SIZE = 8 * 512

/**
 * Makes UUIDv7 identifiers (RFC 9562, section 5.7) that increase strictly within one process: the
 * 12 bits after the time count within the millisecond (section 6.2, method 1) and overflow into it.
 */
export function createIdSource(now: () => number): () => string {
  const pool = new Uint8Array(POOL_SIZE)
  let unused = POOL_SIZE
  let time = 0
  let counter = 0

  return () => {
    const current = now()
    if (current > time) {
      time = current
      counter = 0
    } else if (++counter > 0xfff) {
      time += 1
      counter = 0
    }
    if (unused >= POOL_SIZE) {
      randomFillSync(pool)
      unused = 0
    }
    const at = unused
    unused += 8
    const high = Math.floor(time / 0x10000)
    const low = time % 0x10000
    const hex = (byte: number) => HEX[byte & 0xff] as string
    const random = (index: number) => HEX[pool[at + index] as number] as string
    return (
      `${hex(high >>> 24)}${hex(high >>> 16)}${hex(high >>> 8)}${hex(high)}-${hex(low >>> 8)}${hex(low)}` +
      `-${hex(0x70 | (counter >>> 8))}${hex(counter)}-${hex(0x80 | ((pool[at] as number) & 0x3f))}${random(1)}` +
      `-${random(2)}${random(3)}${random(4)}${random(5)}${random(6)}${random(7)}`
    )
  }
}
