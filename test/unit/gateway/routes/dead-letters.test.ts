import { describe, expect, it } from 'vitest'
import { startGateway } from '../../../support/checked-gateway.ts'
import { planOf } from '../../../support/runtimes.ts'

/** Two dead letters of different tasks. */
async function start() {
  const broken = () => Promise.reject(new Error('no'))
  const gateway = await startGateway(planOf({ one: broken, two: broken, fine: () => 1 }))
  const fail = async (task: string) => {
    const handle = await gateway.runtime.submit(`plan/${task}`)
    await expect(handle.result()).rejects.toThrow()
    return handle.id
  }
  return { ...gateway, one: await fail('one'), two: await fail('two') }
}

describe('dead letters', () => {
  it('are listed, newest first, and narrowed down', async () => {
    const { get, one, two } = await start()
    expect((await get('/api/v1/dead-letters')).body).toMatchObject({
      items: [{ id: two }, { id: one }],
    })
    const { body } = await get('/api/v1/dead-letters?task=plan/one&replayed=false')
    expect((body as { items: object[] }).items).toMatchObject([{ id: one }])
  })

  it('are run again by a filter', async () => {
    const { post, get, one, two } = await start()
    const { body } = await post('/api/v1/dead-letters/replay', { filter: { task: 'one' } })
    expect(body).toMatchObject({ replayed: [{ replayOf: one }], refused: [] })
    const rest = (await get('/api/v1/dead-letters?task=two')).body
    expect((rest as { items: object[] }).items).toMatchObject([{ id: two }])
  })

  it('are discarded by their ids, and with an empty filter all of them', async () => {
    const { post, runtime, one } = await start()
    expect((await post('/api/v1/dead-letters/discard', { ids: [one] })).body).toEqual({
      discarded: 1,
    })
    expect(await runtime.get(one)).toBeUndefined()
    expect((await post('/api/v1/dead-letters/discard', { filter: {} })).body).toEqual({
      discarded: 1,
    })
  })

  it('stay as they are when one id is wrong', async () => {
    const { post, runtime, one } = await start()
    const unknown = await post('/api/v1/dead-letters/discard', { ids: [one, 'nobody'] })
    expect(unknown.status).toBe(404)
    const fine = await runtime.submit('plan/fine')
    await fine.result()
    const alive = await post('/api/v1/dead-letters/replay', { ids: [one, fine.id] })
    expect(alive).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect((await runtime.deadLetters.list()).items).toHaveLength(2)
  })

  it.each([[{}], [{ ids: [], filter: {} }], [{ ids: [] }], [{ filter: { taks: 'one' } }]])(
    'are not chosen by %j',
    async (choice) => {
      const { post, runtime } = await start()
      expect((await post('/api/v1/dead-letters/discard', choice)).status).toBe(400)
      expect((await runtime.deadLetters.list()).items).toHaveLength(2)
    },
  )
})
