import type { Invoice } from './books.ts'
import type { Room } from './rooms.ts'
import { FIRST_YEAR, LAST_YEAR } from './statements.ts'

const STYLE = `
  :root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif }
  body { margin: 0; background: light-dark(#eef1f5, #14171c); color: light-dark(#1d2430, #e3e8ef) }
  header { padding: 1rem 2rem; background: #24476b; color: #fff; font-weight: 600 }
  main { max-width: 38rem; margin: 2rem auto; padding: 1.5rem 2rem; border-radius: 12px;
    background: light-dark(#fff, #1e232b); box-shadow: 0 2px 12px #0002 }
  a { display: inline-block; margin: .2rem .6rem .2rem 0 }
  label { display: block; margin: .6rem 0 }
  input { display: block; width: 100%; padding: .5rem; font: inherit; box-sizing: border-box }
  button { padding: .5rem 1.2rem; font: inherit; border: 0; border-radius: 8px;
    background: #24476b; color: #fff }
  td { padding: .2rem 1.5rem .2rem 0 }`

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title} · Office portal</title><style>${STYLE}</style></head>
<body><header>Office portal</header>
<main><h1>${title}</h1>
${content}
</main></body></html>
`
}

export function signInPage(notice: string): string {
  return page(
    'Sign in',
    `<p role="status">${escaped(notice)}</p>
<form method="post" action="/sign-in">
<label>Name <input name="name" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button>Sign in</button>
</form>`,
  )
}

export function noticePage(title: string, notice: string): string {
  return page(title, `<p role="status">${escaped(notice)}</p>\n${link('/', 'Back')}`)
}

export function roomPage(room: Room, invoices: readonly Invoice[]): string {
  const rooms: Readonly<Record<Room, () => string>> = {
    desk: deskPage,
    rooms: roomsPage,
    archive: archivePage,
    invoices: () => invoicesPage(invoices),
  }
  return rooms[room]()
}

function deskPage(): string {
  const links = [
    link('/direct/archive', 'Archive (direct link)'),
    link('/rooms', 'All rooms'),
    link('/invoices', 'Invoices'),
  ]
  return page('Desk', `${links.join('\n')}\n${SIGN_OUT}`)
}

function roomsPage(): string {
  const links = [link('/archive', 'Archive'), link('/invoices', 'Invoices'), link('/desk', 'Desk')]
  return page('All rooms', `${links.join('\n')}\n${SIGN_OUT}`)
}

function archivePage(): string {
  const years = Array.from({ length: LAST_YEAR - FIRST_YEAR + 1 }, (_, at) => LAST_YEAR - at)
  const statements = years.map((year) => link(`/statements/${year}.csv`, `Statement ${year}`))
  return page('Archive', `${statements.join('\n')}\n<p>${link('/desk', 'Desk')}</p>\n${SIGN_OUT}`)
}

function invoicesPage(invoices: readonly Invoice[]): string {
  const rows = invoices.map(
    ({ receipt, customer, cents }) =>
      `<tr><td>${receipt}</td><td>${escaped(customer)}</td><td>${(cents / 100).toFixed(2)}</td></tr>`,
  )
  return page(
    'Invoices',
    `<table>${rows.join('\n')}</table>
<form method="post" action="/invoices">
<label>Reference <input name="reference"></label>
<label>Customer <input name="customer"></label>
<label>Cents <input name="cents" inputmode="numeric"></label>
<button>File</button>
</form>
<p>${link('/desk', 'Desk')}</p>
${SIGN_OUT}`,
  )
}

const SIGN_OUT = '<form method="post" action="/sign-out"><button>Sign out</button></form>'

function link(path: string, label: string): string {
  return `<a href="${path}">${label}</a>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
}
