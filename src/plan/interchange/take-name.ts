/** The word, or with a number behind it while somebody has it already. It is taken from then on. */
export function takeName(word: string, taken: Set<string>, separator: string): string {
  let name = word
  for (let number = 2; taken.has(name); number += 1) name = `${word}${separator}${number}`
  taken.add(name)
  return name
}
