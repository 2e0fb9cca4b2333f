import { randomFillSync } from 'node:crypto'

const DIGITS = Buffer.from('0123456789abcdef')
const POOL_SIZE = 8 * 512
const TEXT_LENGTH = 36

/**
 * Makes UUIDv7 identifiers (RFC 9562, section 5.7) that increase strictly within one process: the
 * 12 bits after the time count within the millisecond (section 6.2, method 1) and overflow into it.
 */
export function createIdSource(now: () => number): () => string {
  const pool = new Uint8Array(POOL_SIZE)
  const bytes = new Uint8Array(16)
  const text = Buffer.alloc(TEXT_LENGTH, '-')
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
    fill(bytes, time, counter, pool, unused)
    unused += 8
    return toText(bytes, text)
  }
}

function fill(
  bytes: Uint8Array,
  time: number,
  counter: number,
  pool: Uint8Array,
  from: number,
): void {
  const high = Math.floor(time / 0x10000)
  bytes[0] = high >>> 24
  bytes[1] = high >>> 16
  bytes[2] = high >>> 8
  bytes[3] = high
  bytes[4] = time >>> 8
  bytes[5] = time
  bytes[6] = 0x70 | (counter >>> 8)
  bytes[7] = counter
  for (let index = 0; index < 8; index += 1) bytes[8 + index] = pool[from + index] as number
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f)
}

/** One flat string in one step: putting it together from parts would leave a tree of pieces. */
function toText(bytes: Uint8Array, text: Buffer): string {
  let at = 0
  for (let index = 0; index < 16; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) at += 1
    const byte = bytes[index] as number
    text[at] = DIGITS[byte >>> 4] as number
    text[at + 1] = DIGITS[byte & 15] as number
    at += 2
  }
  return text.toString('latin1', 0, TEXT_LENGTH)
}
