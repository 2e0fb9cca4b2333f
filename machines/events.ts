/** The union of events that a map from event type to payload describes. */
export type EventsOf<Payloads> = {
  [Type in keyof Payloads & string]: { readonly type: Type } & Payloads[Type]
}[keyof Payloads & string]
