import { describe, expect, it } from 'vitest'
import { allDone } from '../../../support/manual-clock.ts'
import { makePulls } from './pulls-scene.ts'
import { add } from './scene.ts'

describe('a pull that waits so long and no longer', () => {
  it('gives nothing when no work has come by then', async () => {
    const scene = await makePulls()
    const pulling = scene.pulls.pull({ wait: '5s' })
    await allDone()
    expect(scene.clock.pending).toBe(1)
    await scene.clock.advance('5s')
    expect(await pulling).toEqual([])
  })

  it('gives what has come before', async () => {
    const scene = await makePulls()
    const pulling = scene.pulls.pull({ wait: '5s' })
    await allDone()
    await add(scene)
    scene.pulls.wake('main')
    expect(await pulling).toHaveLength(1)
  })

  it('asks once and gives what is there, for a wait of 0', async () => {
    const scene = await makePulls()
    expect(await scene.pulls.pull({ wait: 0 })).toEqual([])
    expect(scene.claims()).toBe(1)
  })

  it('is refused for a wait that is no duration', async () => {
    const scene = await makePulls()
    await expect(scene.pulls.pull({ wait: 'soon' })).rejects.toThrow(/wait.*soon/)
  })
})
