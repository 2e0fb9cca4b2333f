import type { World } from '../../plan/model.ts'

const shapes = new WeakMap<World, string>()

/**
 * What the paths of a machine's states stand for: equal for machines whose states have the same
 * paths, kinds and checks. Only then may work of two versions rely on one world side by side, because
 * a lease names states by their paths. Transitions do not count: they say how to get there.
 */
export function shapeOf(world: World | undefined): string | undefined {
  if (world === undefined) return undefined
  const known = shapes.get(world)
  if (known !== undefined) return known
  const states = [...world.states.values()].map(({ path, type, check }) => [
    path,
    type,
    check?.name ?? '',
  ])
  const shape = JSON.stringify([world.machine.root.type, ...states])
  shapes.set(world, shape)
  return shape
}
