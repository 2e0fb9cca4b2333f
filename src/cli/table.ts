export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Applied after the cells have been padded, so colours do not disturb the widths. */
  readonly style?: ((text: string) => string) | undefined
}

/** Rows under their titles, each column as wide as its widest cell. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  styleTitle: (text: string) => string,
): string {
  const titles = columns.map(({ title }) => title)
  const widths = columns.map((_, index) =>
    Math.max(...[titles, ...rows].map((row) => row[index]?.length ?? 0)),
  )
  const pad = (row: readonly string[], index: number): string => {
    const cell = row[index] ?? ''
    const width = widths[index] ?? 0
    if (columns[index]?.align === 'right') return cell.padStart(width)
    return index === columns.length - 1 ? cell : cell.padEnd(width)
  }
  const lines = rows.map((row) =>
    columns.map(({ style }, index) => style?.(pad(row, index)) ?? pad(row, index)).join('  '),
  )
  return [styleTitle(titles.map((_, index) => pad(titles, index)).join('  ')), ...lines]
    .map((line) => line.trimEnd())
    .join('\n')
}

/** `name  value` lines with the values aligned. */
export function formatFields(
  fields: readonly (readonly [name: string, value: string])[],
  styleName: (text: string) => string,
): string {
  const width = Math.max(...fields.map(([name]) => name.length))
  return fields
    .map(([name, value]) => {
      const indent = `\n${' '.repeat(width + 2)}`
      return `${styleName(name.padEnd(width))}  ${value.replaceAll('\n', indent)}`
    })
    .join('\n')
}
