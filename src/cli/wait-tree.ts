import type { WaitEdge } from '../runtime/operations/reason.ts'
import type { Style } from './style.ts'

/** Who waits for whom below a tasklet, one a line; what stands there already is not drawn again. */
export function waitTree(id: string, waits: readonly WaitEdge[], style: Style): readonly string[] {
  const drawn = new Set<string>()
  const draw = (from: string, indent: string): readonly string[] => {
    if (drawn.has(from)) return []
    drawn.add(from)
    return waits
      .filter((edge) => edge.from === from)
      .flatMap(({ to, because }) => {
        const again = drawn.has(to) ? style.dim(' (see above)') : ''
        return [`${indent}└ ${because}: ${to}${again}`, ...draw(to, `${indent}  `)]
      })
  }
  const lines = draw(id, '    ')
  return lines.length === 0 ? [] : ['  waits for', ...lines]
}
