export const EVENTS = {}; export const readable = (code, attributes) => attributes;
