/** What a client has to be allowed to; each includes those before it. */
export type Scope = 'read' | 'submit' | 'admin'
