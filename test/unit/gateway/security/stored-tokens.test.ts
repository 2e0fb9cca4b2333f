import { describe, expect, it } from 'vitest'
import { InputError } from '../../../../src/core/errors.ts'
import { StoredTokens } from '../../../../src/gateway/security/stored-tokens.ts'
import { memoryStore } from '../../../../src/stores/memory/store.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

async function open() {
  const store = memoryStore()
  await store.open()
  const clock = new ManualClock()
  return { store, clock, tokens: new StoredTokens(store, clock) }
}

describe('tokens of a database', () => {
  it('knows a token that it has made, with its scope', async () => {
    const { tokens } = await open()
    const { token, id } = await tokens.add({ name: 'robot', scope: 'submit' })
    expect(await tokens.holder(token)).toEqual({ id, scope: 'submit' })
  })

  it('keeps nothing from which the token could be had', async () => {
    const { store, tokens } = await open()
    const { token } = await tokens.add({ name: 'robot', scope: 'read' })
    const secret = token.split('_').slice(2).join('_')
    expect(JSON.stringify(await store.facts('token'))).not.toContain(secret)
    expect(JSON.stringify(await tokens.list())).not.toContain(secret)
    expect(JSON.stringify(await tokens.list())).not.toContain('hash')
  })

  it('does not know a token with another secret, another id, or another form', async () => {
    const { tokens } = await open()
    const { token, id } = await tokens.add({ name: 'robot', scope: 'read' })
    const other = await tokens.add({ name: 'other', scope: 'read' })
    const secret = token.slice(`sp_${id}_`.length)
    for (const wrong of [
      `sp_${other.id}_${secret}`,
      `${token.slice(0, -2)}AA`,
      id,
      '',
      `${token} `,
    ]) {
      expect(await tokens.holder(wrong)).toBeUndefined()
    }
  })

  it('does not know a revoked token any more, in another process neither', async () => {
    const { store, clock, tokens } = await open()
    const elsewhere = new StoredTokens(store, clock)
    const { token, id } = await tokens.add({ name: 'robot', scope: 'read' })
    expect(await elsewhere.revoke('robot')).toMatchObject({ id })
    expect(await tokens.holder(token)).toBeUndefined()
    expect(await tokens.isEmpty()).toBe(true)
    expect(await tokens.revoke('robot')).toBeUndefined()
  })

  it('does not know a token after its end', async () => {
    const { clock, tokens } = await open()
    const expiresAt = clock.now() + 1000
    const { token } = await tokens.add({ name: 'guest', scope: 'read', expiresAt })
    expect(await tokens.holder(token)).toBeDefined()
    await clock.advance('1s')
    expect(await tokens.holder(token)).toBeUndefined()
  })

  it('asks for the id when several have the name', async () => {
    const { tokens } = await open()
    const { id } = await tokens.add({ name: 'robot', scope: 'read' })
    await tokens.add({ name: 'robot', scope: 'admin' })
    await expect(tokens.revoke('robot')).rejects.toThrow(id)
    expect(await tokens.list()).toHaveLength(2)
  })

  it.each([
    [{ name: ' ', scope: 'read' }, 'name'],
    [{ name: 'x'.repeat(101), scope: 'read' }, 'name'],
    [{ name: 'x', scope: 'root' }, 'read, submit, admin'],
    [{ name: 'x', scope: 'read', expiresAt: 1 }, 'later'],
  ])('refuses %j', async (request, said) => {
    const { tokens } = await open()
    const adding = tokens.add(request as Parameters<typeof tokens.add>[0])
    await expect(adding).rejects.toThrow(InputError)
    await expect(adding).rejects.toThrow(said)
    expect(await tokens.isEmpty()).toBe(true)
  })
})
