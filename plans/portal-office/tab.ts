/** What the robot does with the portal: the same in Chromium and over plain HTTP. */
export interface Tab {
  readonly engine: 'chromium' | 'http'
  goto(path: string): Promise<Page>
  /** Types into the field of the page. @throws when there is none of the name. */
  fill(field: string, value: string): Promise<void>
  /** Follows the link or presses the button of the label. @throws when there is none. */
  click(label: string): Promise<Page>
  /** Fetches bytes `from` … `to`, the last one included. */
  download(path: string, from: number, to: number): Promise<Piece>
  /** Undefined: the portal has given none. */
  cookie(): Promise<Cookie | undefined>
  close(): Promise<void>
}

export interface Page {
  readonly status: number
  readonly title: string
  /** What the portal says about what was done, if anything. */
  readonly notice: string
}

export interface Piece {
  readonly status: number
  readonly bytes: Buffer
  /** Of the whole file. */
  readonly size: number
}

export interface Cookie {
  readonly name: string
  readonly value: string
}

export interface TabOptions {
  /** Of the portal, without a slash at the end. */
  readonly url: string
  /** The session to go on with. */
  readonly cookie: Cookie | undefined
  readonly signal: AbortSignal
}
