/** The file that a node serves as `/widget.js`: it knows which node it came from. */
import { rememberOrigin } from "./origin";
import "./index";

rememberOrigin();
