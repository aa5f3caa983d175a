/* The least that a method of an extension can do in Python: it gives out one text that its object keeps. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

typedef struct {
    PyObject_HEAD
    PyObject *text;
} Keeper;

static PyObject *get_token(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    (void)arguments;
    if (count != 0 || names != NULL) {
        PyErr_SetString(PyExc_TypeError, "no arguments here");
        return NULL;
    }
    return Py_NewRef(((Keeper *)self)->text);
}

static int init(PyObject *self, PyObject *arguments, PyObject *names) {
    PyObject *text;
    (void)names;
    if (!PyArg_ParseTuple(arguments, "U", &text)) return -1;
    Py_XSETREF(((Keeper *)self)->text, Py_NewRef(text));
    return 0;
}

static void dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    Py_XDECREF(((Keeper *)self)->text);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"get_token", (PyCFunction)(void (*)(void))get_token, METH_FASTCALL | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot slots[] = {
    {Py_tp_methods, methods}, {Py_tp_init, init}, {Py_tp_dealloc, dealloc}, {Py_tp_new, PyType_GenericNew}, {0, NULL}};
static PyType_Spec spec = {"bench_floor.Keeper", sizeof(Keeper), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "bench_floor", NULL, -1, NULL, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_bench_floor(void) {
    PyObject *made = PyModule_Create(&module);
    PyObject *type = made == NULL ? NULL : PyType_FromSpec(&spec);
    if (type == NULL || PyModule_AddObject(made, "Keeper", type) < 0) return NULL;
    return made;
}
