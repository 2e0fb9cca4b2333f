import { readState, type StateFiles, writeState } from './state-files.ts'

export interface Invoice {
  readonly receipt: number
  /** Made up by whoever files it: the same one twice is one invoice. */
  readonly reference: string
  readonly customer: string
  readonly cents: number
}

interface Pages {
  readonly directLinkUses: number
  readonly invoices: readonly Invoice[]
}

const DIRECT_LINK_FAILS_EVERY = 3

/** What the portal remembers from one run to the next: in a file when a call returns. */
export class Books {
  readonly #files: StateFiles
  #pages: Pages

  constructor(files: StateFiles) {
    this.#files = files
    this.#pages = readState<Pages>(files.books) ?? { directLinkUses: 0, invoices: [] }
  }

  get invoices(): readonly Invoice[] {
    return this.#pages.invoices
  }

  /** Counts one use of the direct link; false when it is out of order this time. */
  useDirectLink(): boolean {
    const directLinkUses = this.#pages.directLinkUses + 1
    this.#write({ ...this.#pages, directLinkUses })
    return directLinkUses % DIRECT_LINK_FAILS_EVERY !== 0
  }

  /** The invoice as it was filed first. */
  file(reference: string, customer: string, cents: number): Invoice {
    const known = this.#pages.invoices.find((invoice) => invoice.reference === reference)
    if (known !== undefined) return known
    const invoice = { receipt: 1001 + this.#pages.invoices.length, reference, customer, cents }
    this.#write({ ...this.#pages, invoices: [...this.#pages.invoices, invoice] })
    return invoice
  }

  #write(pages: Pages): void {
    writeState(this.#files.books, pages)
    this.#pages = pages
  }
}
