/** Something in a plan's code that keeps it from being loaded, and where. */
export class ModuleFault extends Error {
  /** Real path of the file. */
  readonly path: string
  /** Offset in its text. */
  readonly start: number
  /** In UTF-16 code units. */
  readonly length: number
  /** The nearest valid name. */
  readonly suggestion: string | undefined

  constructor(
    message: string,
    at: { readonly path: string; readonly start: number; readonly length: number },
    suggestion?: string,
  ) {
    super(message)
    this.name = 'SyntaxError'
    this.path = at.path
    this.start = at.start
    this.length = at.length
    this.suggestion = suggestion
  }
}
