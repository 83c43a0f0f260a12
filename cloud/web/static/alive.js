// A page of plain forms, with the line that says when the service is gone.

import { Live } from "./live.js";

new Live({});
