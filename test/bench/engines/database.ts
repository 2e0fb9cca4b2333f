/** A database of a session's own on a server of the bench. */
export interface Database {
  readonly url: string
  drop(): Promise<void>
}
