/** A version of a plan's code as plain data, for other threads and processes. */
export interface ModuleSources {
  /** The plan's folder, a real path. */
  readonly root: string
  /** The real path of the module whose exports are wanted. */
  readonly entry: string
  /** Content hash of all files. */
  readonly version: string
  readonly files: readonly {
    /** The real path. */
    readonly path: string
    readonly text: string
    /** Specifiers, and the real paths that they lead to. */
    readonly targets: readonly (readonly [specifier: string, path: string])[]
  }[]
}
