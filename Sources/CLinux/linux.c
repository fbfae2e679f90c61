#include "nullius_linux.h"
