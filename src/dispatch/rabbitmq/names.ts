import { createHash } from 'node:crypto'

/** AMQP allows 255 bytes; the rest is for a prefix of up to 40 bytes and what we add. */
const LONGEST = 180
const READABLE = 100

/**
 * A name of ours as a part of a name at the broker: letters, digits, `_` and `-` stay, everything
 * else is written as %XX, byte by byte, and of a very long one the rest becomes a hash.
 */
export function toBrokerName(name: string): string {
  let encoded = ''
  for (const byte of Buffer.from(name)) {
    const character = String.fromCharCode(byte)
    const isPlain = /[A-Za-z0-9_-]/.test(character)
    encoded += isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  if (encoded.length <= LONGEST) return encoded
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32)
  return `${encoded.slice(0, READABLE)}~${hash}`
}
