/** The edit mode around the map: its bar, its forms, its menu, the file. */
export { EditBar } from './edit-bar.tsx';
export { EditForm } from './edit-form.tsx';
export { FilePane } from './file-pane.tsx';
export { MapMenu } from './map-menu.tsx';
export { beginEditing } from './menu-items.ts';
export { useEditor } from './use-edit.ts';
