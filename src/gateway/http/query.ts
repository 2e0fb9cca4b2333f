/** The query of a URL by name: a text, or several where a name comes more than once. */
export function readQuery(url: string): Record<string, string | readonly string[]> {
  const { searchParams } = new URL(url)
  const query: Record<string, string | readonly string[]> = Object.create(null)
  for (const name of new Set(searchParams.keys())) {
    const values = searchParams.getAll(name)
    const [first] = values
    query[name] = values.length === 1 && first !== undefined ? first : values
  }
  return query
}
