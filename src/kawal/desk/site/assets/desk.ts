// The desk's one script. Every page works without it; it keeps pages alive and draws maps.
import "./desk.css";
import { tickClocks } from "./clock";
import { keepLive } from "./live";
import { printOnPress, sendOnChange } from "./forms";

tickClocks();
sendOnChange();
printOnPress();
keepLive();

for (const frame of document.querySelectorAll<HTMLElement>("[data-map]")) {
  // MapLibre is large: only a page with a map pays for it.
  void import("./map").then(({ showMap }) => showMap(frame));
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-verify]")) {
  void import("./verify/page").then(({ verifyHere }) => verifyHere(form));
}
