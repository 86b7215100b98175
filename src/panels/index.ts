/** The panels room: everything around the map. */
export { IconButton } from './common/icon-button.tsx';
export { Notices, Said } from './common/notices.tsx';
export { Segments } from './common/segments.tsx';
export { useLab, useLang, useSay, useSettings } from './common/use-lab.ts';
export { Dock } from './dock/dock.tsx';
export { focusFilter } from './dock/event-list.tsx';
export { Glossary } from './help/glossary.tsx';
export { Help } from './help/help.tsx';
export { Inspector } from './inspector/inspector.tsx';
export { openFile, ScenarioPanel } from './scenario/scenario-panel.tsx';
export { Caption, Remark } from './transport/caption.tsx';
export { Timeline } from './transport/timeline.tsx';
export { RestoredLine } from './what-if/restored-line.tsx';
export { WhatIfPage } from './what-if/lazy.tsx';
export { Transport } from './transport/transport.tsx';
