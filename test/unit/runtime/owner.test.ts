import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'
import { createOwner, isDead } from '../../../src/runtime/owner.ts'

describe('owners', () => {
  it('name host, process and a random part', () => {
    const owner = createOwner()
    expect(owner.startsWith(`${hostname()}/${process.pid}/`)).toBe(true)
    expect(createOwner()).not.toBe(owner)
  })

  it('are dead when their process on this host has ended', () => {
    const { pid } = spawnSync(process.execPath, ['--version'])
    expect(isDead(`${hostname()}/${pid}/abcd`)).toBe(true)
  })

  it('are not dead while their process lives, whoever owns it', () => {
    expect(isDead(createOwner())).toBe(false)
    expect(isDead(`${hostname()}/${process.ppid}/abcd`)).toBe(false)
    expect(isDead(`${hostname()}/1/abcd`)).toBe(false)
  })

  it.each(['', 'x', `${hostname()}`, `${hostname()}/no/x`, `${hostname()}/-1/x`, 'elsewhere/1/x'])(
    'are left alone when it cannot be known: %o',
    (owner) => {
      expect(isDead(owner)).toBe(false)
    },
  )
})
